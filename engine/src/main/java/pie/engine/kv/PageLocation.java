package pie.engine.kv;

/** Say where the content of a page is, the cheapest place first. What is nowhere else follows from the lineage. */
public sealed interface PageLocation {
    /** It lies in a slot of the device. */
    record Device(int slot) implements PageLocation {}

    /** It lies in a slot of host memory, and must be copied back. */
    record Host(int slot) implements PageLocation {}

    /** It must be computed again. */
    record Lineage() implements PageLocation {}

    /** Stand for all pages that must be computed again. */
    PageLocation LINEAGE = new Lineage();
}
