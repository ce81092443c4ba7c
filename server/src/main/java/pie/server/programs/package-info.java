/**
 * Keep programs by name and version: their source and manifest, each as it was sent, in a folder that is renamed into place.
 */
@org.jspecify.annotations.NullMarked
package pie.server.programs;
