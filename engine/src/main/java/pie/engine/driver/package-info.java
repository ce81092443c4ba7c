/**
 * Define the contract between the engine and a device: batches of forward passes over a page pool that the driver owns.
 *
 * <p>The engine fills a {@link pie.engine.driver.ForwardBatch}, submits it, and does not touch it until its
 * {@link pie.engine.driver.StepSink} is called, exactly once, on a thread of the driver. Steps run in submission order.
 */
@org.jspecify.annotations.NullMarked
package pie.engine.driver;
