/** Load generator and side-by-side comparisons of servers that speak the Redis protocol. */
@NullMarked
package io.keyward.loadtest;

import org.jspecify.annotations.NullMarked;
