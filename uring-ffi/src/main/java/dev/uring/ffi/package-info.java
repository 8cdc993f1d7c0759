package dev.uring.ffi;
