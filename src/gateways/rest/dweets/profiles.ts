/** What people are to others: profile, dweets, whom they follow. */
import type { FastifyInstance } from 'fastify'

import { PeoplePage, Profile, ProfileChange, PublicationPage } from '../../../wire/api-dweets.ts'
import { Problem } from '../../../wire/api.ts'
import { NickParams, type Named } from '../people.ts'
import { dweeterOf, PageQuestion, pageOf, tags, type DweetDoor, type Paged } from './dweet-door.ts'

export function addProfiles(server: FastifyInstance, door: DweetDoor): void {
  addProfile(server, door)
  addTheirs(server, door)
}

function addProfile(server: FastifyInstance, { dweets }: DweetDoor): void {
  server.get<Named>(
    '/v1/users/:nick/profile',
    {
      schema: {
        summary: 'The profile of somebody',
        description:
          'What everybody with an account may know; the account itself is for its owner.',
        tags,
        params: NickParams,
        response: { 200: Profile, 404: Problem },
      },
    },
    async (request) => dweets.profile(dweeterOf(request), request.params.nick),
  )
  server.patch<Named & { Body: ProfileChange }>(
    '/v1/users/:nick/profile',
    {
      schema: {
        summary: 'Change the own profile',
        tags,
        params: NickParams,
        body: ProfileChange,
        response: { 200: Profile, 403: Problem, 422: Problem },
      },
    },
    // Whose it is, the table of demands says.
    async (request) => dweets.changeProfile(dweeterOf(request), request.body),
  )
}

function addTheirs(server: FastifyInstance, { dweets }: DweetDoor): void {
  server.get<Named & Paged>(
    '/v1/users/:nick/dweets',
    {
      schema: {
        summary: 'All dweets and redweets of somebody, newest first',
        tags,
        params: NickParams,
        querystring: PageQuestion,
        response: { 200: PublicationPage, 404: Problem, 503: Problem },
      },
    },
    async (request) => {
      const { params, query } = request
      return dweets.publicationsOf(dweeterOf(request), params.nick, pageOf(query))
    },
  )
  const people = (summary: string) => ({
    schema: {
      summary,
      tags,
      params: NickParams,
      querystring: PageQuestion,
      response: { 200: PeoplePage, 404: Problem, 503: Problem },
    },
  })
  server.get<Named & Paged>(
    '/v1/users/:nick/followers',
    people('Who follows somebody'),
    async (request) => {
      const { params, query } = request
      return dweets.followers(dweeterOf(request), params.nick, pageOf(query))
    },
  )
  server.get<Named & Paged>(
    '/v1/users/:nick/following',
    people('Whom somebody follows'),
    async (request) => {
      const { params, query } = request
      return dweets.following(dweeterOf(request), params.nick, pageOf(query))
    },
  )
}
