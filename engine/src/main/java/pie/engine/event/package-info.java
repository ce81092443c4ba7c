/** Keep what a process says to the world: a bounded log of numbered events that any number of watchers read. */
@org.jspecify.annotations.NullMarked
package pie.engine.event;
