package dev.uring.fs; final class Placeholder {}
