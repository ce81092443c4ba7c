package pie.inferlet;

/** Narrow what may be generated, step by step. */
public interface Constraint {
    /** Return which tokens may come next, given the tokens since the last call; a mask without runs = no restriction. */
    Mask step(int[] accepted);
}
