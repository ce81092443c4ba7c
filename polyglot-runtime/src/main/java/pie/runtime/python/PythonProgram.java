package pie.runtime.python;

/** Hold a Python program that compiles: its files as a JSON object, the name of the entry file and function. */
record PythonProgram(String files, String file, String entry) {}
