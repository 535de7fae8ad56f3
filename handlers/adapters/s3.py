"""Files in an S3 bucket: SES writes received mails there, and we what else arrives."""

from __future__ import annotations

from typing import Any

from handlers.adapters import aws
from handlers.domain.errors import NotFound, Unavailable


class S3Files:
    def __init__(self, bucket: str, client: Any = None) -> None:
        self._bucket, self._given = bucket, client

    def put(self, path: str, content: bytes) -> None:
        """Raises Unavailable."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.put_object(Bucket=self._bucket, Key=path, Body=content)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("files", str(error)) from error

    def get(self, path: str) -> bytes:
        """Raises NotFound, Unavailable."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return bytes(self._client.get_object(Bucket=self._bucket, Key=path)["Body"].read())
        except ClientError as error:
            if aws.code(error) in ("NoSuchKey", "404"):
                raise NotFound("file", path) from error
            raise Unavailable("files", str(error)) from error
        except BotoCoreError as error:
            raise Unavailable("files", str(error)) from error

    @property
    def _client(self) -> Any:
        return self._given or aws.client("s3")
