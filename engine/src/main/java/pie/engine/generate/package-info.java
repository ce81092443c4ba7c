/** Say how tokens are chosen: sampler chains, probes, generation plans and the exact integer draw that all drivers share. */
@org.jspecify.annotations.NullMarked
package pie.engine.generate;
