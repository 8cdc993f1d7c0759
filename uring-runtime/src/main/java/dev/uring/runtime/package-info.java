package dev.uring.runtime;
