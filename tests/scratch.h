/* Folders that tests write to.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef char FoveaScratch;

FoveaScratch *fovea_scratch_new (void);
void fovea_scratch_free (FoveaScratch *folder);
char *fovea_scratch_path (const FoveaScratch *folder, const char *name);
char *fovea_shared_path (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaScratch, fovea_scratch_free)

G_END_DECLS
