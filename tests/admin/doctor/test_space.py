from __future__ import annotations

import pytest

from ingestd.admin.doctor.place import Room
from ingestd.admin.doctor.space import of_room, of_space
from tests.admin.doctor.places import GB, MEMORY, mount, place, told

MB = GB // 1000


@pytest.mark.parametrize(
    ("room", "level", "said"),
    [
        (Room(50 * GB, 100 * GB), "ok", "50 GB of 100 GB are free."),
        (Room(5 * GB, 100 * GB), "ok", "5.0 GB of 100 GB are free."),
        (Room(5 * GB - 1, 100 * GB), "warn", "5.0 GB of 100 GB are free."),
        (Room(GB, 2 * GB), "ok", "1.0 GB of 2.0 GB are free."),
        (Room(GB - 1, 2 * GB), "warn", "1000 MB of 2.0 GB are free."),
        (Room(50 * MB, 2 * GB), "warn", "50 MB of 2.0 GB are free."),
        (Room(50 * MB - 1, 2 * GB), "fail", "50 MB of 2.0 GB are free."),
        (Room(0, 2000 * GB), "fail", "0 bytes of 2.0 TB are free."),
        (Room(0, 0), "ok", "The filesystem does not tell how much room it has."),
        (
            Room(50 * GB, 100 * GB, files_free=0, files=1000),
            "fail",
            "No further file can be made: all inodes are taken.",
        ),
        (Room(50 * GB, 100 * GB, files_free=0, files=0), "ok", "50 GB of 100 GB are free."),
    ],
)
def test_how_much_room_is_enough(room: Room, level: str, said: str) -> None:
    found = of_room("space on /", room)

    assert (found.level, found.what) == (level, said)
    assert bool(found.cure) is (level != "ok")


def test_each_filesystem_is_judged_once() -> None:
    places = [
        place(),
        place("/srv/scans/done"),
        place("/run/x", device=3, mount=MEMORY),
        place("/odd", device=4, mount=None),
    ]

    found = of_space(places)

    assert told(*found) == [
        ("ok", "space on /"),
        ("ok", "space on /run"),
        ("ok", "space on /odd"),
    ]


@pytest.mark.parametrize(("filesystem", "level"), [("ext4", "fail"), ("fuse.rclone", "ok")])
def test_what_a_program_says_of_inodes_is_not_taken_for_a_full_disk(
    filesystem: str, level: str
) -> None:
    room = Room(50 * GB, 100 * GB, files_free=0, files=GB)

    found = of_space([place(mount=mount(filesystem), room=room)])

    assert [str(finding.level) for finding in found] == [level]
