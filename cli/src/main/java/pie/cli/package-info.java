/** The pie command: parse, find the verb, print its result, and turn every failure into one line and an exit code. */
@org.jspecify.annotations.NullMarked
package pie.cli;
