/** Client-side caching: who has read which keys, and who is told when they change. */
@NullMarked
package io.keyward.engine.builtin.tracking;

import org.jspecify.annotations.NullMarked;
