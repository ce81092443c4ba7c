/**
 * Run steps: inputs are laid out in pinned memory, sent in few copies, and kernels launched in stream order without waiting.
 *
 * <pre>
 * embed | norm ─ qkv ─ bias, rope, append ─ attend (─ merge) ─ output, add ─ norm ─ gate, up, silu ─ down, add | norm of drawn rows ─ head ─ sample
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package pie.cuda.step;
