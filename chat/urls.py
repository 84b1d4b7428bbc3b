"""Addresses of this room: pages for people, `api` for programs."""

from django.urls import path

from access.rest import converters  # noqa: F401  (registers <id:...>)
from chat import api as rest
from chat import views
from chat.sharing import faces as sharing
from chat.sharing import rest as shared

pages = [
    path("chat/", views.page, name="chat"),
    path("chat/pane/", views.pane, name="chat_pane"),
    path("chat/rooms/", views.rooms, name="chat_rooms"),
    path("chat/draw/", views.draw, name="chat_draw"),
    path("chat/rooms/open/", views.new_room, name="chat_open"),
    path("chat/<int:room_id>/members/", views.members, name="chat_members"),
    path("chat/<int:room_id>/invitations/<int:invitation>/end/", views.end_invitation, name="chat_end_invitation"),
    path("chat/<int:room_id>/invitations/<int:invitation>/resume/", views.resume_invitation, name="chat_resume_invitation"),
    path("chat/<int:room_id>/close/", views.close_room, name="chat_close"),
    path("chat/<int:room_id>/reopen/", views.reopen_room, name="chat_reopen"),
    path("chat/<int:room_id>/export.json", views.export, {"format": "json"}, name="chat_export_json"),
    path("chat/<int:room_id>/export.pdf", views.export, {"format": "pdf"}, name="chat_export_pdf"),
    path("chat/orders/<int:addressee_id>/refuse/", views.refuse, name="chat_refuse"),
    path("chat/<int:room_id>/messages/<int:seq>/task/", views.task, name="chat_task"),
    path("chat/shared/<int:room_id>/", sharing.page, name="chat_shown"),
    path("chat/shared/<int:room_id>/body/", sharing.body, name="chat_shown_body"),
    path("chat/<int:room_id>/share/", sharing.share, name="chat_share"),
]
api = [
    path("rooms/", rest.RoomsView.as_view(), name="rooms"),
    path("rooms/<id:id>/", rest.RoomView.as_view(), name="room"),
    path("rooms/<id:id>/close/", rest.CloseRoomView.as_view(), name="room-close"),
    path("rooms/<id:id>/reopen/", rest.ReopenRoomView.as_view(), name="room-reopen"),
    path("rooms/<id:id>/read/", rest.ReadView.as_view(), name="room-read"),
    path("rooms/<id:id>/draft/", rest.DraftView.as_view(), name="room-draft"),
    path("rooms/<id:id>/here/", rest.HereView.as_view(), name="room-here"),
    path("rooms/<id:id>/members/", rest.MembersView.as_view(), name="room-members"),
    path("rooms/<id:id>/invitations/<id:invitation>/end/", rest.EndInvitationView.as_view(), name="room-invitation-end"),
    path("rooms/<id:id>/invitations/<id:invitation>/resume/", rest.ResumeInvitationView.as_view(), name="room-invitation-resume"),
    path("rooms/<id:id>/mentions/", rest.MentionsView.as_view(), name="room-mentions"),
    path("rooms/<id:id>/messages/", rest.MessagesView.as_view(), name="room-messages"),
    path("rooms/<id:id>/messages/<id:seq>/edit/", rest.EditView.as_view(), name="message-edit"),
    path("rooms/<id:id>/messages/<id:seq>/strike/", rest.StrikeView.as_view(), name="message-strike"),
    path("rooms/<id:id>/messages/<id:seq>/pin/", rest.PinView.as_view(), name="message-pin"),
    path("rooms/<id:id>/messages/<id:seq>/unpin/", rest.UnpinView.as_view(), name="message-unpin"),
    path("rooms/<id:id>/messages/<id:seq>/answers/", rest.AnswersView.as_view(), name="message-answers"),
    path("rooms/<id:id>/messages/<id:seq>/note/", rest.KeepAsNoteView.as_view(), name="message-note"),
    path("rooms/<id:id>/messages/<id:seq>/task/", rest.KeepAsTaskView.as_view(), name="message-task"),
    path("rooms/<id:id>/orders/", rest.GiveOrderView.as_view(), name="room-orders"),
    path("rooms/<id:id>/messages/<id:seq>/withdraw/", rest.WithdrawView.as_view(), name="message-withdraw"),
    path("orders/", rest.OrdersView.as_view(), name="orders"),
    path("orders/<id:id>/advance/", rest.AdvanceOrderView.as_view(), name="order-advance"),
    path("rooms/shared/", shared.ShownRoomsView.as_view(), name="rooms-shared"),
    path("rooms/shared/<id:id>/", shared.ShownRoomView.as_view(), name="room-shared"),
    path("rooms/<id:id>/shares/", shared.RoomSharesView.as_view(), name="room-shares"),
    path("messages/", rest.FindView.as_view(), name="messages"),
    path("incidents/<number:number>/room/", rest.IncidentRoomView.as_view(), name="incident-room"),
]
