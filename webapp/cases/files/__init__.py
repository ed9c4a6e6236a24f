"""What comes in as a file: its name, its type by content, where it lies, its preview. Knows no cases and no database."""
from .examine import examine
from .keeping import FileLimits, Files
from .kinds import KINDS, Kind
from .previews import icon, preview
from .store import DiskStore, MemoryStore, Store, StoreDamaged

__all__ = ["KINDS", "DiskStore", "FileLimits", "Files", "Kind", "MemoryStore", "Store", "StoreDamaged", "examine", "icon", "preview"]
