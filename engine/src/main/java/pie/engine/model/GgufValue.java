package pie.engine.model;

/** Hold one metadata value of a GGUF file. */
sealed interface GgufValue {
    /** Hold any integer type; unsigned 64-bit values past the signed range appear negative. */
    record Whole(long value) implements GgufValue {}

    record Real(double value) implements GgufValue {}

    record Truth(boolean value) implements GgufValue {}

    record Text(String value) implements GgufValue {}

    /** Point to an array, which is decoded when someone asks: vocabularies have 10^5 strings that many runs never need. */
    record Array(int elementType, long count, long offset) implements GgufValue {}
}
