/** The commands on places: members of sorted sets whose scores are geohashes of 52 bits. */
@NullMarked
package io.keyward.engine.builtin.geo;

import org.jspecify.annotations.NullMarked;
