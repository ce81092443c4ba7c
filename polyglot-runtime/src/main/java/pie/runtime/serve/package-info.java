/**
 * Carry HTTP requests from a server's thread to a program and its answers back: a {@link pie.runtime.serve.Call} for each request, a
 * {@link pie.runtime.serve.RequestQueue} for each process. Nothing here reads or writes a socket: whoever serves the connection does
 * what the program asks for, step by step, on its own thread.
 */
@org.jspecify.annotations.NullMarked
package pie.runtime.serve;
