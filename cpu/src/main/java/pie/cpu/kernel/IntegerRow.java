package pie.cpu.kernel;

/**
 * Say how a row's integers lie in one block, see {@link IntegerInputs}.
 *
 * @param precision bits that they keep
 * @param bits of the weights that they meet
 * @param set that multiplies them
 */
record IntegerRow(Precision precision, int bits, InstructionSet set) {
    /** Say whether integers are kept as shorts, and not as one byte or two apart. */
    boolean shorts() {
        return set == InstructionSet.AVX2 && bits == 8;
    }

    private int integerBytes() {
        return shorts() || precision == Precision.INT16 ? 2 * WeightFormat.BLOCK : WeightFormat.BLOCK;
    }

    int scaleAt() {
        return integerBytes();
    }

    int sumAt() {
        return integerBytes() + 4;
    }

    int correctionAt() {
        return integerBytes() + 8;
    }

    /** Return where the correction of a block's last 16 integers is, if their weights have 8 bits and are bytes. */
    int secondCorrectionAt() {
        return correctionAt() + 4;
    }

    /** Return the bytes of one row in one block. */
    int bytes() {
        return integerBytes() + 16;
    }
}
