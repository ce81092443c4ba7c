package pie.runtime.java;

import java.util.Map;

/**
 * Hold a program that was compiled, checked and instrumented.
 *
 * @param classes class files by binary name
 * @param entry what to call
 * @param sources lines of source by the file name that stack frames carry
 */
record JavaProgram(Map<String, byte[]> classes, Entry entry, Map<String, Source> sources) {
    /** Pair a posted path with its lines. */
    record Source(String path, String[] lines) {}

    /** Name the entry method; its class, whether it takes a parameter, and whether that is a request to answer. */
    record Entry(String className, String method, boolean takesInput, boolean takesRequest) {}
}
