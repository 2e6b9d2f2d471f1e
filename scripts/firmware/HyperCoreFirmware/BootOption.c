// A UEFI driver in the firmware volume that carries HyperCore. The firmware's boot manager looks for applications on file systems, never in
// volumes, so this driver writes the boot option for it: Fv(the volume)/FvFile(HyperCore), first in the boot order.

#include <Uefi.h>
#include <Pi/PiMultiPhase.h>
#include <Guid/GlobalVariable.h>
#include <Library/BaseMemoryLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Library/UefiRuntimeServicesTableLib.h>
#include <Protocol/DevicePath.h>
#include <Protocol/LoadedImage.h>

// The file that HyperCore is in the volume; hypercore image build --volume gives it this name.
#define HYPERCORE_FILE { 0xA3D8F2B4, 0x6C1E, 0x4F57, { 0x8E, 0x20, 0x91, 0xB7, 0x5D, 0x0C, 0x43, 0xE6 } }

#define DESCRIPTION L"HyperCore (firmware flash)"
#define MAX_OPTION_BYTES 256
#define MAX_ORDER_ENTRIES 512
#define VARIABLE_ATTRIBUTES (EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)

#pragma pack(1)

// UEFI Platform Initialization 1.7, volume 3, appendix: the device path node of a file in a firmware volume (UEFI 2.10, 10.3.5.6).
typedef struct {
  EFI_DEVICE_PATH_PROTOCOL  Header;
  EFI_GUID                  Name;
} VOLUME_FILE_NODE;

#pragma pack()

// Boot#### and its data, and what is there under the same number.
static UINT8   mOption[MAX_OPTION_BYTES];
static UINTN   mOptionBytes;
static UINT8   mPresent[MAX_OPTION_BYTES];
static UINT16  mOrder[MAX_ORDER_ENTRIES + 1];

static
VOID
Append (
  IN CONST VOID  *Data,
  IN UINTN       Bytes
  )
{
  CopyMem (mOption + mOptionBytes, Data, Bytes);
  mOptionBytes += Bytes;
}

static
UINTN
NodeBytes (
  IN CONST EFI_DEVICE_PATH_PROTOCOL  *Node
  )
{
  return Node->Length[0] | ((UINTN)Node->Length[1] << 8);
}

// EFI_LOAD_OPTION, UEFI 2.10, 3.1.3: attributes, bytes of the path, description, path.
static
EFI_STATUS
BuildOption (
  IN EFI_HANDLE  Image
  )
{
  static CONST EFI_GUID                  File   = HYPERCORE_FILE;
  static CONST EFI_DEVICE_PATH_PROTOCOL  End    = { END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, { sizeof (End), 0 } };
  CONST UINT32                           Active = LOAD_OPTION_ACTIVE;
  EFI_LOADED_IMAGE_PROTOCOL              *Loaded;
  EFI_DEVICE_PATH_PROTOCOL               *Volume;
  EFI_DEVICE_PATH_PROTOCOL               *Node;
  EFI_STATUS                             Status;
  VOLUME_FILE_NODE                       FileNode;
  UINT16                                 PathBytes;

  Status = gBS->HandleProtocol (Image, &gEfiLoadedImageProtocolGuid, (VOID **)&Loaded);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  Status = gBS->HandleProtocol (Loaded->DeviceHandle, &gEfiDevicePathProtocolGuid, (VOID **)&Volume);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  Node = Volume;
  while (Node->Type != END_DEVICE_PATH_TYPE && NodeBytes (Node) >= sizeof (*Node)) {
    Node = (EFI_DEVICE_PATH_PROTOCOL *)((UINT8 *)Node + NodeBytes (Node));
  }

  PathBytes = (UINT16)((UINT8 *)Node - (UINT8 *)Volume + sizeof (FileNode) + sizeof (End));
  if (sizeof (Active) + sizeof (PathBytes) + sizeof (DESCRIPTION) + PathBytes > MAX_OPTION_BYTES) {
    return EFI_BUFFER_TOO_SMALL;
  }

  FileNode.Header.Type      = MEDIA_DEVICE_PATH;
  FileNode.Header.SubType   = MEDIA_PIWG_FW_FILE_DP;
  FileNode.Header.Length[0] = sizeof (FileNode);
  FileNode.Header.Length[1] = 0;
  CopyMem (&FileNode.Name, &File, sizeof (File));
  mOptionBytes = 0;
  Append (&Active, sizeof (Active));
  Append (&PathBytes, sizeof (PathBytes));
  Append (DESCRIPTION, sizeof (DESCRIPTION));
  Append (Volume, (UINT8 *)Node - (UINT8 *)Volume);
  Append (&FileNode, sizeof (FileNode));
  Append (&End, sizeof (End));
  return EFI_SUCCESS;
}

static
VOID
NameOption (
  OUT CHAR16  *Name,
  IN  UINT16  Number
  )
{
  CopyMem (Name, L"Boot0000", sizeof (L"Boot0000"));
  for (UINTN i = 0; i < 4; i++) {
    Name[4 + i] = L"0123456789ABCDEF"[(Number >> (12 - 4 * i)) & 0xF];
  }
}

// Boot#### of this number: not there, ours, or somebody else's.
static
EFI_STATUS
CompareOption (
  IN  UINT16   Number,
  OUT BOOLEAN  *IsOurs
  )
{
  CHAR16      Name[sizeof (L"Boot0000") / sizeof (CHAR16)];
  UINTN       Bytes = sizeof (mPresent);
  EFI_STATUS  Status;

  NameOption (Name, Number);
  Status  = gRT->GetVariable (Name, &gEfiGlobalVariableGuid, NULL, &Bytes, mPresent);
  *IsOurs = !EFI_ERROR (Status) && Bytes == mOptionBytes && CompareMem (mPresent, mOption, Bytes) == 0;
  return Status;
}

// A person may move the option back in the order, and it stays there; one that was deleted comes again, or a machine whose variables were
// lost would have nothing to start.
EFI_STATUS
EFIAPI
AddBootOption (
  IN EFI_HANDLE        ImageHandle,
  IN EFI_SYSTEM_TABLE  *SystemTable
  )
{
  CHAR16      Name[sizeof (L"Boot0000") / sizeof (CHAR16)];
  UINTN       Bytes = MAX_ORDER_ENTRIES * sizeof (UINT16);
  UINTN       Count;
  UINT16      Number;
  BOOLEAN     IsOurs;
  EFI_STATUS  Status;

  Status = BuildOption (ImageHandle);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  Status = gRT->GetVariable (EFI_BOOT_ORDER_VARIABLE_NAME, &gEfiGlobalVariableGuid, NULL, &Bytes, mOrder + 1);
  if (EFI_ERROR (Status) && Status != EFI_NOT_FOUND) {
    return Status;
  }

  Count = Status == EFI_NOT_FOUND ? 0 : Bytes / sizeof (UINT16);
  for (UINTN i = 1; i <= Count; i++) {
    if (!EFI_ERROR (CompareOption (mOrder[i], &IsOurs)) && IsOurs) {
      return EFI_REQUEST_UNLOAD_IMAGE;
    }
  }

  // One of ours that is in no order any more is used again.
  for (Number = 0; Number < MAX_UINT16; Number++) {
    if (CompareOption (Number, &IsOurs) == EFI_NOT_FOUND || IsOurs) {
      break;
    }
  }

  NameOption (Name, Number);
  Status = gRT->SetVariable (Name, &gEfiGlobalVariableGuid, VARIABLE_ATTRIBUTES, mOptionBytes, mOption);
  if (EFI_ERROR (Status)) {
    return Status;
  }

  mOrder[0] = Number;
  Status    = gRT->SetVariable (EFI_BOOT_ORDER_VARIABLE_NAME, &gEfiGlobalVariableGuid, VARIABLE_ATTRIBUTES, (Count + 1) * sizeof (UINT16), mOrder);

  // Nothing of the driver is needed any more.
  return EFI_ERROR (Status) ? Status : EFI_REQUEST_UNLOAD_IMAGE;
}
