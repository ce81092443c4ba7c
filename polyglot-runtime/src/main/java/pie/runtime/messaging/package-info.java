/**
 * Carry texts between the processes of one owner. A queue is of an owner and a topic and outlives processes; a text pushed to it goes to
 * exactly one puller. A feed is of one subscription and ends with its process. Law: a text is taken only when its consumer accepts it, and
 * what is dropped is counted. One lock per board; nothing is called with it held that could block.
 */
@org.jspecify.annotations.NullMarked
package pie.runtime.messaging;
