package dev.uring.net;
