package pie.runtime.python;

import java.util.Set;

/**
 * Hold a Python program that compiles.
 *
 * @param files as a JSON object
 * @param names of the files
 * @param module name of the module that {@code file} makes
 */
record PythonProgram(String files, Set<String> names, String file, String module, String entry) {}
