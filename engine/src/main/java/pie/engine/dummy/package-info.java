/** Stand in for a device: tokens that tell on any wrong page, length or mask, in no time and without a model. */
@org.jspecify.annotations.NullMarked
package pie.engine.dummy;
