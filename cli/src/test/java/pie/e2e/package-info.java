/** Test the main job whole: real model, real server, real guest languages. */
@org.jspecify.annotations.NullMarked
package pie.e2e;
