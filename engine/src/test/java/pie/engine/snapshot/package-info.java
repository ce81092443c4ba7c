/** Tests of the snapshot archive. */
@org.jspecify.annotations.NullMarked
package pie.engine.snapshot;
