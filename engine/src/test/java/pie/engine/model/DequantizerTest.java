package pie.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Agree bit for bit with the Python package gguf on random blocks of every type. */
class DequantizerTest {
    record Case(Tensor tensor, float[] values) {
        @Override
        public String toString() {
            return tensor.type().name();
        }
    }

    static Stream<Case> cases() {
        return StreamSupport.stream(Resources.json("dequantization.json").spliterator(), false)
                .map(DequantizerTest::read);
    }

    private static Case read(JsonNode node) {
        byte[] packed = Base64.getDecoder().decode(node.get("packed").asString());
        byte[] expected = Base64.getDecoder().decode(node.get("values").asString());
        float[] values = new float[expected.length / 4];
        ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        Tensor tensor = new Tensor(
                "t",
                TensorType.valueOf(node.get("type").asString()),
                node.get("rows").asInt(),
                node.get("columns").asInt(),
                MemorySegment.ofArray(packed));
        return new Case(tensor, values);
    }

    @Test
    void everyTypeIsInTheFixture() {
        assertThat(cases().map(Case::tensor).map(Tensor::type)).containsExactlyInAnyOrder(TensorType.values());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void wholeTensorEqualsTheReference(Case given) {
        float[] values = new float[given.values.length + 3];
        Dequantizer.rows(given.tensor, 0, given.tensor.rows(), values, 2);
        assertThat(Arrays.copyOfRange(values, 2, values.length - 1)).isEqualTo(given.values);
        assertThat(values[0]).isZero();
        assertThat(values[values.length - 1]).isZero();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rowsComeOutInAnyRangeAndTarget(Case given) {
        int columns = given.tensor.columns();
        assertThat(Dequantizer.row(given.tensor, 1)).isEqualTo(Arrays.copyOfRange(given.values, columns, 2 * columns));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(8L * columns + 6);
            Dequantizer.rows(given.tensor, 1, 2, out, 6);
            assertThat(out.asSlice(6).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                    .isEqualTo(Arrays.copyOfRange(given.values, columns, 3 * columns));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rowsOutsideAreRefused(Case given) {
        assertThatThrownBy(() -> Dequantizer.rows(given.tensor, 2, 2, new float[10_000], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16", "Q4_0", "Q4_1", "Q8_0", "Q2_K", "Q4_K"})
    void otherTypesHaveNoIntegersOfEightBits(TensorType type) {
        Tensor tensor = new Tensor("t", type, 1, 256, MemorySegment.ofArray(new byte[(int) type.bytes(256)]));
        assertThatThrownBy(() -> Dequantizer.integers(tensor, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(type.name());
    }
}
