/** Bring a model's weights to the device, packed as the kernels read them. */
@org.jspecify.annotations.NullMarked
package pie.cuda.model;
