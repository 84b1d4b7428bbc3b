"""Addresses of the room."""

from django.urls import path

from files import api as rest
from files import views

pages = [
    path("files/<uuid:file_key>/", views.show, name="file"),
    path("files/<uuid:file_key>/thumbnail/", views.thumbnail, name="file_thumbnail"),
]

api = [
    path("uploads/", rest.UploadsView.as_view(), name="uploads"),
    path("uploads/<uuid:file_key>/", rest.UploadView.as_view(), name="upload"),
    path("files/<uuid:file_key>/", rest.FileView.as_view(), name="file"),
    path("files/<uuid:file_key>/thumbnail/", rest.ThumbnailView.as_view(), name="file-thumbnail"),
]
