module dev.uring.ffi {
    
    exports dev.uring.ffi;
}
