"""URLs of worklist."""

from django.urls import path

from foundation.worklist import api, web

app_name = "worklist"
urlpatterns = [
    path("", web.queues, name="queues"),
    path("queue/<str:code>/", web.queue, name="queue"),
    path("queue/<str:code>/people/", web.staff_seconds, name="staff_seconds"),
    path("item/<int:item_id>/", web.item, name="item"),
    path("item/<int:item_id>/urgent/", web.mark_urgent, name="mark_urgent"),
    path("item/<int:item_id>/assign/", web.assign, name="assign"),
    path("item/<int:item_id>/take-back/", web.take_back, name="take_back"),
    path("item/<int:item_id>/suspend/", web.suspend, name="suspend"),
    path("item/<int:item_id>/resume/", web.resume, name="resume"),
    path("jobs/", web.jobs, name="jobs"),
    path("jobs/retry/", web.retry_jobs, name="retry_jobs"),
    path("jobs/<int:job_id>/", web.job, name="job"),
    path("jobs/<int:job_id>/retry/", web.retry_job, name="retry_job"),
    path("jobs/<int:job_id>/drop/", web.drop_job, name="drop_job"),
]
api_urlpatterns = [
    path("queues/", api.queues, name="queues"),
    path("items/<str:queue>/", api.items, name="items"),
    path("item/<int:item_id>/", api.item, name="item"),
]
