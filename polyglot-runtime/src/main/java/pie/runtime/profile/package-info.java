/**
 * Look at the stacks of Python and JavaScript guests through a Truffle instrument, which is created when a process is first profiled.
 *
 * <p>The instrument adds nothing to the code of guests: it asks a thread to look at its own stack at its next safepoint.
 */
@org.jspecify.annotations.NullMarked
package pie.runtime.profile;
