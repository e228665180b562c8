"""What a person may type on the pages of people."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignIn(forms.Form):
    """Number and password."""

    number = forms.CharField(label=_("Staff number"), max_length=12)
    password = forms.CharField(label=_("Password"), max_length=128, widget=forms.PasswordInput)
