// On the server of the page: who may enter which room at Mosquitto. The commands go, as JSON, to the topic
// `$CONTROL/dynamic-security/v1`, as the administrator that `mosquitto_ctrl dynsec init` made.

const roleOf = ({ room, peer }) => `${room}/${peer}`;

/** Lets a peer into a room, as the user `peer` with this password. */
export function admit({ room, peer, password }) {
  const rolename = roleOf({ room, peer });
  const may = (acltype, topic) => ({ acltype, topic, allow: true });
  const acls = [
    may('publishClientSend', `pc/1/${room}/p/${peer}`),
    may('publishClientSend', `pc/1/${room}/to/+/${peer}`),
    may('subscribeLiteral', `pc/1/${room}/p/+`),
    may('subscribeLiteral', `pc/1/${room}/to/${peer}/+`),
  ];
  return {
    commands: [
      { command: 'createRole', rolename, acls },
      // The client id is bound, or another member could take the connection over.
      { command: 'createClient', username: peer, password, clientid: peer, roles: [{ rolename }] },
    ],
  };
}

/** Ends that, and the connection with it. */
export function dismiss({ room, peer }) {
  return {
    commands: [
      { command: 'deleteClient', username: peer },
      { command: 'deleteRole', rolename: roleOf({ room, peer }) },
    ],
  };
}
