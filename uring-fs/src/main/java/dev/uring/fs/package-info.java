package dev.uring.fs;
