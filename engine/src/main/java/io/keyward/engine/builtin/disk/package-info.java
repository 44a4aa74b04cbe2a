/** What is done to the files that keep the data, in one place. */
@NullMarked
package io.keyward.engine.builtin.disk;

import org.jspecify.annotations.NullMarked;
