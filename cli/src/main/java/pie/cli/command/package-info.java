/** One class a verb. */
@org.jspecify.annotations.NullMarked
package pie.cli.command;
