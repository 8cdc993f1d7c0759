package dev.uring.runtime; final class Placeholder {}
