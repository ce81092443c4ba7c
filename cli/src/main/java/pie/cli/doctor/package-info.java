/** Look at one thing of this machine at a time and say what was found, whether it will do, and what to do if not. */
@org.jspecify.annotations.NullMarked
package pie.cli.doctor;
