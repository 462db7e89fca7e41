; For Inno Setup 6. build.py gives the values: AppVersion, SourceFolder, OutputFolder, OutputName, IconFile,
; LicenceFile. Installs for the user alone unless an administrator chooses otherwise. Desktop programs declare no
; permission for the microphone: Windows has one switch for all of them, in its settings for privacy, and gives
; silence where that is off, which the program tells.

[Setup]
AppId={{6E0B5C0A-6F0E-4C39-9E2C-2C1C8D6A7F41}
AppName=Tarn
AppVersion={#AppVersion}
AppVerName=Tarn {#AppVersion}
VersionInfoVersion={#AppVersion}
DefaultDirName={autopf}\Tarn
DefaultGroupName=Tarn
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile={#LicenceFile}
SetupIconFile={#IconFile}
UninstallDisplayIcon={app}\Tarn.exe
OutputDir={#OutputFolder}
OutputBaseFilename={#OutputName}
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
CloseApplications=yes

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked
Name: "openmodels"; Description: "Open model files (.gguf) with Tarn"

[InstallDelete]
; Files of an older version that this one does not have.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#SourceFolder}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\Tarn"; Filename: "{app}\Tarn.exe"
Name: "{autodesktop}\Tarn"; Filename: "{app}\Tarn.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.gguf\OpenWithProgids"; ValueType: string; ValueName: "Tarn.Model"; ValueData: ""; Flags: uninsdeletevalue; Tasks: openmodels
Root: HKA; Subkey: "Software\Classes\Tarn.Model"; ValueType: string; ValueName: ""; ValueData: "Language model (GGUF)"; Flags: uninsdeletekey; Tasks: openmodels
Root: HKA; Subkey: "Software\Classes\Tarn.Model\DefaultIcon"; ValueType: string; ValueName: ""; ValueData: "{app}\Tarn.exe,0"; Tasks: openmodels
Root: HKA; Subkey: "Software\Classes\Tarn.Model\shell\open\command"; ValueType: string; ValueName: ""; ValueData: """{app}\Tarn.exe"" ""%1"""; Tasks: openmodels

[Run]
Filename: "{app}\Tarn.exe"; Description: "{cm:LaunchProgram,Tarn}"; Flags: nowait postinstall skipifsilent
