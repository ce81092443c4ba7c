/** Run programs: check a source, take a warm guest context, drive its entry on a platform thread of its own, and end it. */
@org.jspecify.annotations.NullMarked
package pie.runtime;
