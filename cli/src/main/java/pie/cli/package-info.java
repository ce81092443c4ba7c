/** The pie command: one class a verb. */
@org.jspecify.annotations.NullMarked
package pie.cli;
