package dev.uring.fallback;
