"""The desk alone at its usual addresses, so that its tests need no other face."""

from django.urls import include, path

from corante.desk import statics

urlpatterns = [path("desk/", include("corante.desk.urls")), path("static/", include(statics.urlpatterns))]
