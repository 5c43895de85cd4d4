/* The application: what all windows share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "engine/store.h"
#include "ui/cue-stimuli.h"
#include "ui/image-sets.h"
#include "ui/job-queue.h"
#include "ui/settings.h"

G_BEGIN_DECLS

#define FOVEA_APPLICATION_ID "org.fovea.Fovea"

#define FOVEA_TYPE_APPLICATION (fovea_application_get_type ())
G_DECLARE_FINAL_TYPE (FoveaApplication, fovea_application, FOVEA, APPLICATION, AdwApplication)

FoveaApplication *fovea_application_new (void);
int fovea_application_run (int argc, char **argv);

/* Of the process's application; NULL where there is none. */
FoveaJobQueue *fovea_application_get_job_queue (void);
FoveaJobQueue *fovea_application_get_reading_queue (void);
FoveaStore *fovea_application_get_store (void);
FoveaSettings *fovea_application_get_settings (void);
FoveaImageSets *fovea_application_get_image_sets (void);
FoveaCueStimuli *fovea_application_get_cue_stimuli (void);

G_END_DECLS
