# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error bodies of SimpliVity in their shapes (simplivity.md 4.1, 4.2)."""

from __future__ import annotations

from typing import Any

REST = "com.simplivity.restapi.exceptions."
SPRING = "org.springframework.web."


class ServiceError(Exception):
    """Shape 1: what the service itself says; ``status`` and ``error_code`` are strings on the wire."""

    def __init__(
        self,
        status: int,
        exception: str,
        message: str,
        error_code: int | None = None,
        extended: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.exception = exception
        self.message = message
        self.error_code = error_code
        self.extended = extended

    def body(self, path: str, timestamp: int | str) -> dict[str, Any]:
        """The body for a request of that path."""
        body: dict[str, Any] = {
            "exception": self.exception,
            "path": path,
            "message": self.message,
            "timestamp": timestamp,
            "status": str(self.status),
        }
        if self.error_code is not None:
            body["error_code"] = str(self.error_code)
        if self.extended is not None:
            body["extendedResponse"] = self.extended
        return body


class TokenExpired(Exception):
    """Shape 3: 401 that quotes the token (simplivity.md 1)."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def body(self) -> dict[str, Any]:
        """The body, the same for every path."""
        return {"error": "invalid_token", "message": self.message}


class Unauthorized(Exception):
    """Shape 2: 401 of the security layer, with an integer status (simplivity.md 1)."""

    def body(self, path: str, timestamp: int) -> dict[str, Any]:
        """The body for a request of that path."""
        return {
            "timestamp": timestamp,
            "status": 401,
            "error": "Unauthorized",
            "exception": REST + "SvtExceptions$UnauthorizedException",
            "message": "Unauthorized",
            "path": path,
        }


class LoginRefused(Exception):
    """Shape 4: the token endpoint says no (simplivity.md 1)."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description

    def body(self) -> dict[str, Any]:
        """The body, the same for every path."""
        return {"error": self.error, "error_description": self.description}


def invalid_body(message: str) -> ServiceError:
    """A request body that is no JSON object or lacks a required key."""
    return ServiceError(400, REST + "InvalidBodyException", message)


def invalid_parameter(message: str) -> ServiceError:
    """A query parameter or a value that the operation does not take."""
    return ServiceError(400, REST + "InvalidParameterException", message)


def invalid_sort(message: str) -> ServiceError:
    """A bad limit, offset, sort or order."""
    return ServiceError(400, REST + "InvalidSortCriteriaException", message)


def type_mismatch(name: str, value: str) -> ServiceError:
    """A value of another type than the parameter's."""
    return ServiceError(400, REST + "TypeMismatchException", f"Invalid value '{value}' for parameter '{name}'")


def not_found(kind: str, key: str) -> ServiceError:
    """An object that does not exist."""
    return ServiceError(404, REST + "ObjectNotFoundException", f"Object type: {kind} id: {key} could not be found")


def refused(error_code: int, message: str, extended: str | None = None) -> ServiceError:
    """A change refused before a task was made (simplivity.md 4.4)."""
    return ServiceError(400, "com.simplivity.rpc.common.TaskException", message, error_code, extended)


def permission_denied(status: int) -> ServiceError:
    """No right to the operation: 400 in the guide's table, 403 in the description (simplivity.md 1)."""
    return ServiceError(
        status,
        REST + "PermissionDeniedException",
        "The user does not have permission to perform this operation.",
    )


def unsupported_media_type(content_type: str) -> ServiceError:
    """Content-Type missing, wrong, too old or too new (simplivity.md 2.0)."""
    return ServiceError(
        415, SPRING + "HttpMediaTypeNotSupportedException", f"Content type '{content_type}' not supported"
    )


def no_such_path() -> ServiceError:
    """No operation of that path."""
    return ServiceError(404, SPRING + "servlet.NoHandlerFoundException", "Not Found")


def no_such_method(method: str) -> ServiceError:
    """The path does not know that method."""
    return ServiceError(
        405, SPRING + "HttpRequestMethodNotSupportedException", f"Request method '{method}' not supported"
    )
