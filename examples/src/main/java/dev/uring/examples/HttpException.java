package dev.uring.examples;

/** A request that gets another answer than a file, and why. */
final class HttpException extends Exception {
    private static final long serialVersionUID = 1L;

    private final HttpStatus status;

    HttpException(HttpStatus status, String why) {
        super(why, null, false, false); // part of the traffic: a stack trace would be the dearest part of the answer
        this.status = status;
    }

    static HttpException badRequest(String why) {
        return new HttpException(HttpStatus.BAD_REQUEST, why);
    }

    HttpStatus status() {
        return status;
    }
}
