/**
 * The files of the data: their folder, which one process has at a time, and the snapshot in it. The
 * loops that the data lives on are never made to wait for a disk.
 */
@NullMarked
package io.keyward.engine.builtin.persistence;

import org.jspecify.annotations.NullMarked;
