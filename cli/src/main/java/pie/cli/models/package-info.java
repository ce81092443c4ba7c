/**
 * Keep model files under {@code $PIE_HOME/models/NAME/FILE}: what the catalogue names, what a Hugging Face repository holds.
 *
 * <p>Law: a file is either whole and checked, or not visible. Downloads grow in {@code models/NAME.part/FILE.part}, which a
 * later pull goes on with; a file moves to its place by one atomic rename, after its SHA-256 was right and its bytes are on disk.
 */
@org.jspecify.annotations.NullMarked
package pie.cli.models;
