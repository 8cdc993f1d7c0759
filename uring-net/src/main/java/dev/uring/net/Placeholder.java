package dev.uring.net; final class Placeholder {}
