package dev.uring.examples;

/**
 * One header line.
 *
 * @param name in lower case
 * @param value without the blanks around it; each character is one byte
 */
record HttpField(String name, String value) {
}
